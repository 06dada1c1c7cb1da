/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RSH_BASE_LIST_H
#define RSH_BASE_LIST_H

#include <stdbool.h>
#include <stddef.h>

/** From a pointer to a member back to the struct it is embedded in. */
#define container_of(ptr, type, member)                                        \
	((type *)(void *)((char *)(ptr)-offsetof(type, member)))

/** The same for a pointer to const; gives a pointer to const. */
#define container_of_const(ptr, type, m)                                       \
	((const type *)(const void *)((const char *)(ptr)-offsetof(type, m)))

/**
 * A circular doubly linked list.  One `struct list` is the head, the others
 * are embedded in the members.  Nothing is allocated.
 */
struct list {
	struct list *prev, *next;
};

static inline void list_init(struct list *head)
{
	head->prev = head->next = head;
}

static inline bool list_empty(const struct list *head)
{
	return head->next == head;
}

/** Put `node`, which is in no list, at the end. */
static inline void list_append(struct list *head, struct list *node)
{
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

/** Take `node` out; it is then a list of its own, so twice is harmless. */
static inline void list_remove(struct list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	list_init(node);
}

/** Let `to`, which need not be a list yet, have all of `from` in its order. */
static inline void list_take(struct list *to, struct list *from)
{
	list_append(from, to);
	list_remove(from);
}

/** Walk.  The current node must stay in the list. */
#define list_for_each(pos, head)                                               \
	for (struct list *pos = (head)->next; pos != (head); pos = pos->next)

/** Walk while the current node, and no other, may be removed. */
#define list_for_each_safe(pos, after, head)                                   \
	for (struct list *pos = (head)->next, *after = pos->next;              \
	     pos != (head); pos = after, after = pos->next)

#endif /* RSH_BASE_LIST_H */
