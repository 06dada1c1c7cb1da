# SPDX-License-Identifier: Apache-2.0
dist_noinst_SCRIPTS += tools/banned-words tools/check-keys tools/check-options \
	tools/check-potfiles tools/fn-length tools/layers
dist_noinst_DATA += tools/banned-words.txt tools/layers.txt
