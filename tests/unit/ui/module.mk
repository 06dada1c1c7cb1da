# SPDX-License-Identifier: Apache-2.0
if HAVE_CMOCKA
check_PROGRAMS += \
	tests/unit/ui/test_altscreen \
	tests/unit/ui/test_canvas \
	tests/unit/ui/test_copysum \
	tests/unit/ui/test_escape_line \
	tests/unit/ui/test_grid \
	tests/unit/ui/test_history \
	tests/unit/ui/test_hostdiff \
	tests/unit/ui/test_cutoff \
	tests/unit/ui/test_lane \
	tests/unit/ui/test_edit \
	tests/unit/ui/test_shellcmd \
	tests/unit/ui/test_joiner \
	tests/unit/ui/test_lastline \
	tests/unit/ui/test_glyphs \
	tests/unit/ui/test_loglines tests/unit/ui/test_textbox \
	tests/unit/ui/test_pager \
	tests/unit/ui/test_panels \
	tests/unit/ui/test_passprompt \
	tests/unit/ui/test_pathwords \
	tests/unit/ui/test_hosttable \
	tests/unit/ui/test_keys \
	tests/unit/ui/test_prompt \
	tests/unit/ui/test_screen \
	tests/unit/ui/test_shadow \
	tests/unit/ui/test_question \
	tests/unit/ui/test_scrollback \
	tests/unit/ui/test_sgr \
	tests/unit/ui/test_helppage \
	tests/unit/ui/test_typed \
	tests/unit/ui/test_typing \
	tests/unit/ui/test_view \
	tests/unit/ui/test_viewlist \
	tests/unit/ui/test_viewpanels \
	tests/unit/ui/test_vtfilter
tests_unit_ui_test_escape_line_SOURCES = tests/unit/ui/test_escape_line.c
tests_unit_ui_test_escape_line_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_escape_line_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_history_SOURCES = tests/unit/ui/test_history.c
tests_unit_ui_test_history_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_history_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_prompt_SOURCES = tests/unit/ui/test_prompt.c \
	tests/lib/pty.c tests/lib/pty.h
tests_unit_ui_test_prompt_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_prompt_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_scrollback_SOURCES = tests/unit/ui/test_scrollback.c
tests_unit_ui_test_scrollback_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_scrollback_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_pager_SOURCES = tests/unit/ui/test_pager.c
tests_unit_ui_test_pager_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_pager_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_question_SOURCES = tests/unit/ui/test_question.c \
	tests/lib/fake_canvas.c tests/lib/fake_canvas.h
tests_unit_ui_test_question_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_question_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_textbox_SOURCES = tests/unit/ui/test_textbox.c \
	tests/lib/fake_canvas.c tests/lib/fake_canvas.h
tests_unit_ui_test_textbox_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_textbox_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_loglines_SOURCES = tests/unit/ui/test_loglines.c \
	tests/lib/fake_canvas.c tests/lib/fake_canvas.h
tests_unit_ui_test_loglines_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_loglines_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_panels_SOURCES = tests/unit/ui/test_panels.c \
	tests/lib/fake_canvas.c tests/lib/fake_canvas.h
tests_unit_ui_test_panels_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_panels_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_cutoff_SOURCES = tests/unit/ui/test_cutoff.c
tests_unit_ui_test_cutoff_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_cutoff_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_altscreen_SOURCES = tests/unit/ui/test_altscreen.c
tests_unit_ui_test_altscreen_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_altscreen_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_lane_SOURCES = tests/unit/ui/test_lane.c
tests_unit_ui_test_lane_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_lane_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_edit_SOURCES = tests/unit/ui/test_edit.c
tests_unit_ui_test_edit_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_edit_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_shellcmd_SOURCES = tests/unit/ui/test_shellcmd.c
tests_unit_ui_test_shellcmd_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_shellcmd_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_joiner_SOURCES = tests/unit/ui/test_joiner.c
tests_unit_ui_test_joiner_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_joiner_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_lastline_SOURCES = tests/unit/ui/test_lastline.c
tests_unit_ui_test_lastline_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_lastline_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_sgr_SOURCES = tests/unit/ui/test_sgr.c
tests_unit_ui_test_sgr_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_sgr_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_hosttable_SOURCES = tests/unit/ui/test_hosttable.c
tests_unit_ui_test_hosttable_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_hosttable_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_keys_SOURCES = tests/unit/ui/test_keys.c
tests_unit_ui_test_keys_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_keys_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_shadow_SOURCES = tests/unit/ui/test_shadow.c
tests_unit_ui_test_shadow_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_shadow_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_screen_SOURCES = tests/unit/ui/test_screen.c \
	tests/lib/pty.c tests/lib/pty.h
tests_unit_ui_test_screen_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_screen_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_helppage_SOURCES = tests/unit/ui/test_helppage.c \
	tests/lib/fake_canvas.c tests/lib/fake_canvas.h
tests_unit_ui_test_helppage_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_helppage_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_typing_SOURCES = tests/unit/ui/test_typing.c
tests_unit_ui_test_typing_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_typing_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_view_SOURCES = tests/unit/ui/test_view.c \
	tests/lib/pty.c tests/lib/pty.h
tests_unit_ui_test_view_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_view_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_viewlist_SOURCES = tests/unit/ui/test_viewlist.c
tests_unit_ui_test_viewlist_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_viewlist_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_copysum_SOURCES = tests/unit/ui/test_copysum.c
tests_unit_ui_test_copysum_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_copysum_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_canvas_SOURCES = tests/unit/ui/test_canvas.c
tests_unit_ui_test_canvas_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_canvas_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_hostdiff_SOURCES = tests/unit/ui/test_hostdiff.c
tests_unit_ui_test_hostdiff_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_hostdiff_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_viewpanels_SOURCES = tests/unit/ui/test_viewpanels.c
tests_unit_ui_test_viewpanels_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_viewpanels_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_glyphs_SOURCES = tests/unit/ui/test_glyphs.c
tests_unit_ui_test_glyphs_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_glyphs_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_grid_SOURCES = tests/unit/ui/test_grid.c
tests_unit_ui_test_grid_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_grid_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_typed_SOURCES = tests/unit/ui/test_typed.c
tests_unit_ui_test_typed_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_typed_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_vtfilter_SOURCES = tests/unit/ui/test_vtfilter.c
tests_unit_ui_test_vtfilter_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_vtfilter_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_pathwords_SOURCES = tests/unit/ui/test_pathwords.c
tests_unit_ui_test_pathwords_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_pathwords_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_passprompt_SOURCES = tests/unit/ui/test_passprompt.c
tests_unit_ui_test_passprompt_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_passprompt_LDADD = $(rsh_test_ldadd)
if TSM
check_PROGRAMS += tests/unit/ui/test_pane tests/unit/ui/test_tiles
tests_unit_ui_test_pane_SOURCES = tests/unit/ui/test_pane.c
tests_unit_ui_test_pane_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_pane_LDADD = $(rsh_test_ldadd)
tests_unit_ui_test_tiles_SOURCES = tests/unit/ui/test_tiles.c
tests_unit_ui_test_tiles_CPPFLAGS = $(unit_cppflags)
tests_unit_ui_test_tiles_LDADD = $(rsh_test_ldadd)
else
EXTRA_DIST += tests/unit/ui/test_pane.c tests/unit/ui/test_tiles.c
endif
endif
