#include <check.h>
Suite *form_question_suite(void);
Suite *form_question_suite(void){return suite_create("q");}
