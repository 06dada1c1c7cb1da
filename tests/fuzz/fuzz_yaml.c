/* SPDX-License-Identifier: Apache-2.0 */
/* YAML: a tree that can be walked within the limits, or a sentence. */
#include "conf/yaml.h"

#include "fuzz/fuzz.h"

static size_t walk(const struct yaml_node *node, unsigned int depth)
{
	size_t n = 1;

	assert(depth <= YAML_MAX_DEPTH + 1);
	assert(node->line && node->column);
	assert((node->kind == YAML_WORD) == (node->text != NULL));
	for (size_t i = 0; i < node->n; i++) {
		if (node->kind == YAML_MAP) {
			assert(node->keys[i]->kind == YAML_WORD);
			assert(yamldoc_get(node, node->keys[i]->text) ==
			       node->items[i]);
			n++;
		}
		n += walk(node->items[i], depth + 1);
	}
	return n;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err err = { 0 };
	struct yamldoc *y = yamldoc_parse("in", (const char *)data, size, &err);

	if (!y)
		assert(err.code == ERR_CONFIG && err.msg[0]);
	else if (yamldoc_root(y))
		assert(walk(yamldoc_root(y), 1) <= YAML_MAX_NODES);
	yamldoc_free(y);
	err_release(&err);
	return 0;
}
