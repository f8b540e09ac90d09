/* Functions whose answer the owner of the expression knows: states, scales, texts by id, random
 * identifiers, what the question already has. */
#include "form/functions_int.h"

#include <math.h>
#include <string.h>

#define ID_MAX 1024

static void give_text(struct form_value *out, const char *s)
{
    *out = s == NULL ? form_value_string("", 0) : form_value_string(s, strlen(s));
}

void fn_answer_state(const struct expr_call *c, struct form_value *out)
{
    const struct form_expr_env *env = c->ctx->env;
    const struct form_node *here = c->ctx->node != NULL && c->ctx->node->slot >= 0 ? c->ctx->node
                                   : env->current != NULL                          ? env->current
                                                                                   : env->context;
    give_text(out, env->state == NULL ? NULL : env->state(env->payload, c->node->u.slot, here));
}

void fn_points(const struct expr_call *c, struct form_value *out)
{
    const struct form_expr_env *env = c->ctx->env;
    size_t n;
    const char *scale = expr_arg_text(c, 0, &n);
    *out = form_value_of_number(env->points == NULL ? NAN : env->points(env->payload, scale));
}

void fn_scale(const struct expr_call *c, struct form_value *out)
{
    const struct form_expr_env *env = c->ctx->env;
    size_t n;
    const char *scale = expr_arg_text(c, 0, &n);
    give_text(out, env->scale == NULL ? NULL : env->scale(env->payload, scale));
}

void fn_itext(const struct expr_call *c, struct form_value *out)
{
    const struct form_expr_env *env = c->ctx->env;
    size_t n;
    const char *id = expr_arg_text(c, 0, &n);
    give_text(out, env->itext == NULL ? NULL : env->itext(env->payload, id));
}

/* What the question has already stays. */
void fn_once(const struct expr_call *c, struct form_value *out)
{
    size_t n;
    *out = c->ctx->env->self;
    if (out->type == FORM_V_STRING && out->s == NULL) {
        *out = form_value_string("", 0);
    }
    (void)expr_value_text(out, c->ctx->scratch, &n);
    if (n == 0) {
        expr_arg(c, 0, out);
    }
}

/* Without an argument a UUID, else so many letters and digits. */
void fn_uuid(const struct expr_call *c, struct form_value *out)
{
    static const char signs[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    const struct form_expr_env *env = c->ctx->env;
    char id[37] = "";
    *out = form_value_string("", 0);
    if (c->node->count == 0) {
        if (env->uuid != NULL) {
            env->uuid(env->payload, id);
            *out = form_value_string(arena_strndup(c->ctx->scratch, id, 36), strlen(id));
        }
        return;
    }
    const double wanted = expr_arg_number(c, 0);
    if (env->random == NULL || !(wanted >= 1 && wanted <= ID_MAX)) {
        return;
    }
    const size_t n = (size_t)wanted;
    char *text = arena_alloc(c->ctx->scratch, n + 1);
    for (size_t i = 0; i < n; i++) {
        text[i] = signs[(size_t)(env->random(env->payload) * 36.0) % 36];
    }
    *out = form_value_string(text, n);
}
