/* SPDX-License-Identifier: Apache-2.0 */
#include "base/hashmap.h"

#include "lib/test.h"

#include "base/list.h"

struct entry {
	struct hashmap_node node;
	char name[16];
	int value;
};

static struct entry *entry_of(struct hashmap_node *node)
{
	return container_of(node, struct entry, node);
}

static bool has_name(const struct hashmap_node *node, const void *key)
{
	return !strcmp(container_of_const(node, struct entry, node)->name, key);
}

static struct hashmap_node *get(const struct hashmap *map, const char *name)
{
	return hashmap_get(map, hash_str(name), name);
}

static void empty_map_finds_nothing(void **state)
{
	struct hashmap map;

	(void)state;
	hashmap_init(&map, has_name);
	assert_null(get(&map, "x"));
	assert_null(hashmap_walk(&map, NULL));
	hashmap_release(&map);
	hashmap_release(NULL);
}

static void thousands_are_found_and_removed(void **state)
{
	enum {
		N = 5000
	};
	struct entry *entries = calloc(N, sizeof(*entries));
	struct hashmap map;
	char name[16];

	(void)state;
	assert_non_null(entries);
	hashmap_init(&map, has_name);
	for (int i = 0; i < N; i++) {
		(void)snprintf(entries[i].name, sizeof(name), "node%d", i);
		entries[i].value = i;
		hashmap_put(&map, &entries[i].node, hash_str(entries[i].name));
	}
	assert_int_equal(map.n, N);
	assert_null(get(&map, "node5000"));
	for (int i = 0; i < N; i += 2)
		hashmap_remove(&map, &entries[i].node);
	assert_int_equal(map.n, N / 2);
	for (int i = 0; i < N; i++) {
		struct hashmap_node *node;

		(void)snprintf(name, sizeof(name), "node%d", i);
		node = get(&map, name);
		if (i % 2)
			assert_int_equal(entry_of(node)->value, i);
		else
			assert_null(node);
	}
	hashmap_release(&map);
	assert_int_equal(map.n, 0);
	free(entries);
}

static void newest_of_equal_keys_comes_first(void **state)
{
	enum {
		N = 100
	};
	struct entry same[N] = { 0 };
	struct entry other[N] = { 0 };
	struct hashmap map;
	struct hashmap_node *node;

	(void)state;
	hashmap_init(&map, has_name);
	for (int i = 0; i < N; i++) {
		(void)snprintf(same[i].name, sizeof(same[i].name), "same");
		(void)snprintf(other[i].name, sizeof(other[i].name), "%d", i);
		same[i].value = i;
		hashmap_put(&map, &same[i].node, hash_str("same"));
		hashmap_put(&map, &other[i].node, hash_str(other[i].name));
	}
	node = get(&map, "same");
	for (int i = N - 1; i >= 0; i--) {
		assert_non_null(node);
		assert_int_equal(entry_of(node)->value, i);
		node = hashmap_get_next(&map, node, "same");
	}
	assert_null(node);
	hashmap_release(&map);
}

static void walk_meets_each_once(void **state)
{
	enum {
		N = 300
	};
	struct entry entries[N] = { 0 };
	struct hashmap map;
	int n = 0;

	(void)state;
	hashmap_init(&map, has_name);
	for (int i = 0; i < N; i++) {
		(void)snprintf(entries[i].name, sizeof(entries[i].name), "%d",
			       i);
		hashmap_put(&map, &entries[i].node, hash_str(entries[i].name));
	}
	hashmap_for_each (node, &map) {
		entry_of(node)->value++;
		n++;
	}
	assert_int_equal(n, N);
	for (int i = 0; i < N; i++)
		assert_int_equal(entries[i].value, 1);
	hashmap_release(&map);
}

static void walk_survives_removal_of_what_it_left(void **state)
{
	struct entry entries[50] = { 0 };
	struct hashmap map;
	struct hashmap_node *node;

	(void)state;
	hashmap_init(&map, has_name);
	for (size_t i = 0; i < COUNT(entries); i++)
		hashmap_put(&map, &entries[i].node, i * 7);
	node = hashmap_walk(&map, NULL);
	while (node) {
		struct hashmap_node *next = hashmap_walk(&map, node);

		hashmap_remove(&map, node);
		node = next;
	}
	assert_int_equal(map.n, 0);
	hashmap_release(&map);
}

static void equal_hashes_are_told_apart_by_key(void **state)
{
	struct entry a = { .name = "a" };
	struct entry b = { .name = "b" };
	struct hashmap map;

	(void)state;
	hashmap_init(&map, has_name);
	hashmap_put(&map, &a.node, 7);
	hashmap_put(&map, &b.node, 7);
	assert_ptr_equal(hashmap_get(&map, 7, "a"), &a.node);
	assert_ptr_equal(hashmap_get(&map, 7, "b"), &b.node);
	assert_null(hashmap_get(&map, 7, "c"));
	hashmap_release(&map);
}

static void hash_depends_on_every_byte(void **state)
{
	unsigned char text[40] = { 0 };
	uint64_t plain = hash_bytes(text, sizeof(text));

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++) {
		text[i] = 1;
		assert_int_not_equal(hash_bytes(text, sizeof(text)), plain);
		text[i] = 0;
	}
	assert_int_not_equal(hash_bytes(text, 7), hash_bytes(text, 8));
	assert_int_equal(hash_bytes(text, sizeof(text)), plain);
}

static void strcase_folds_ascii_only(void **state)
{
	(void)state;
	assert_int_equal(hash_strcase("Web01.EXAMPLE.org"),
			 hash_str("web01.example.org"));
	assert_int_not_equal(hash_strcase("@[`{"), hash_strcase("`{@["));
	assert_int_not_equal(hash_strcase("\303\211"),
			     hash_strcase("\303\251"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_map_finds_nothing),
		cmocka_unit_test(thousands_are_found_and_removed),
		cmocka_unit_test(newest_of_equal_keys_comes_first),
		cmocka_unit_test(walk_meets_each_once),
		cmocka_unit_test(walk_survives_removal_of_what_it_left),
		cmocka_unit_test(equal_hashes_are_told_apart_by_key),
		cmocka_unit_test(hash_depends_on_every_byte),
		cmocka_unit_test(strcase_folds_ascii_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
