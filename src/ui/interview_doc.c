/* What the interview screen works on: a record, where each change is on disk before the call
 * returns, or a form being tried, which lives in memory alone. */
#include "interview_int.h"

bool iv_is_open(const struct iv_state *st)
{
    return st->doc != NULL || (st->trial != NULL && iv_trial_interview(st->trial) != NULL);
}

const form_interview *iv_of(const struct iv_state *st)
{
    return st->trial != NULL ? iv_trial_interview(st->trial) : record_doc_interview(st->doc);
}

const struct form_def *iv_def(const struct iv_state *st)
{
    return form_interview_def(iv_of(st));
}

const struct form_item *iv_item(const struct iv_state *st, int node)
{
    return &iv_def(st)->items[form_interview_item(iv_of(st), node)];
}

bool iv_is_finished(const struct iv_state *st)
{
    return st->doc != NULL && record_doc_is_finished(st->doc);
}

bool iv_is_prefilled(const struct iv_state *st, int node)
{
    return st->doc != NULL && record_doc_is_prefilled(st->doc, node);
}

enum err iv_put(struct iv_state *st, int node, struct form_answer answer,
                enum form_problem *problem, struct err_info *info)
{
    if (st->trial != NULL) {
        *problem = form_interview_set(iv_trial_open(st->trial), node, answer);
        return ERR_OK;
    }
    return record_doc_set(st->doc, node, answer, problem, info);
}

enum err iv_row_add(struct iv_state *st, int container, int *node, struct err_info *info)
{
    if (st->trial != NULL) {
        *node = form_interview_instance_add(iv_trial_open(st->trial), container, NULL, -1);
        return *node >= 0 ? ERR_OK : ERR_SET(info, ERR_LIMIT, NULL);
    }
    return record_doc_instance_add(st->doc, container, node, info);
}

enum err iv_row_delete(struct iv_state *st, int instance, struct err_info *info)
{
    if (st->trial != NULL) {
        form_interview_instance_delete(iv_trial_open(st->trial), instance);
        return ERR_OK;
    }
    return record_doc_instance_delete(st->doc, instance, info);
}

enum err iv_row_move(struct iv_state *st, int instance, int before, struct err_info *info)
{
    if (st->trial != NULL) {
        form_interview_instance_move(iv_trial_open(st->trial), instance, before);
        return ERR_OK;
    }
    return record_doc_instance_move(st->doc, instance, before, info);
}

bool iv_is_contested(const struct iv_state *st, int instance)
{
    return st->doc != NULL && instance >= 0 && record_doc_is_contested(st->doc, instance);
}

enum err iv_row_keep(struct iv_state *st, int instance, struct err_info *info)
{
    return st->doc != NULL ? record_doc_instance_keep(st->doc, instance, info) : ERR_OK;
}

void iv_note_save(struct iv_state *st, struct ui_ctx *ctx, enum err e, const struct err_info *info)
{
    if (st->doc != NULL) {
        ctx->unsaved = (unsigned)record_doc_unsaved(st->doc);
        if (ctx->unsaved == 0) {
            ctx->save_err = ERR_OK;
            ctx->has_saved = ctx->has_saved || e == ERR_OK;
        } else {
            ctx->save_err = e != ERR_OK ? e : ctx->save_err;
        }
    }
    if (e != ERR_OK) {
        ui_say_error(ctx, e, info);
    }
}
