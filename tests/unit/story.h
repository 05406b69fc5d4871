/* What the unit tests share: cmocka, an arena per test, and documents written with ' for ". */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "data/json.h"

/* Fresh for each test when it is run through STORY. */
extern struct arena *story_arena;
int story_begin(void **state);
int story_end(void **state);
#define STORY(test) cmocka_unit_test_setup_teardown(test, story_begin, story_end)

/* Parses JSON written with single quotes; fails the test when it cannot be parsed. */
struct json story_json(const char *text);
/* The string with " for ', NUL-terminated. */
struct str story_text(const char *text);

#define assert_text(is_, expected_) story_assert_text((is_), str_of(expected_), __FILE__, __LINE__)
void story_assert_text(struct str is, struct str expected, const char *file, int line);
