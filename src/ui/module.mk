# SPDX-License-Identifier: Apache-2.0
librsh_a_SOURCES += \
	src/ui/canvas.c src/ui/canvas.h \
	src/ui/copysum.c src/ui/copysum.h \
	src/ui/escape_line.c src/ui/escape_line.h \
	src/ui/glyphs.c src/ui/glyphs.h \
	src/ui/grid.c src/ui/grid.h \
	src/ui/helppage.c src/ui/helppage.h \
	src/ui/history.c src/ui/history.h \
	src/ui/hostdiff.c src/ui/hostdiff.h \
	src/ui/hosttable.c src/ui/hosttable.h \
	src/ui/keys.c src/ui/keys.h \
	src/ui/cutoff.c src/ui/cutoff.h \
	src/ui/altscreen.c src/ui/altscreen.h \
	src/ui/lane.c src/ui/lane.h \
	src/ui/edit.c src/ui/edit.h \
	src/ui/shellcmd.c src/ui/shellcmd.h \
	src/ui/joiner.c src/ui/joiner.h \
	src/ui/lastline.c src/ui/lastline.h \
	src/ui/lineedit.h \
	src/ui/loglines.c src/ui/loglines.h \
	src/ui/panel.h \
	src/ui/pane.h \
	src/ui/pager.c src/ui/pager.h \
	src/ui/passprompt.c src/ui/passprompt.h \
	src/ui/pathwords.c src/ui/pathwords.h \
	src/ui/panels.c src/ui/panels.h \
	src/ui/prompt.c src/ui/prompt.h \
	src/ui/screen.c src/ui/screen.h \
	src/ui/screencanvas.c src/ui/screencanvas.h \
	src/ui/screentext.c \
	src/ui/shadow.c src/ui/shadow.h \
	src/ui/question.c src/ui/question.h \
	src/ui/scrollback.c src/ui/scrollback.h \
	src/ui/sgr.c src/ui/sgr.h \
	src/ui/textbox.c src/ui/textbox.h \
	src/ui/tiles.h src/ui/tiles_internal.h \
	src/ui/typed.c src/ui/typed.h \
	src/ui/vtfilter.c src/ui/vtfilter.h \
	src/ui/typing.c src/ui/typing.h \
	src/ui/view.c src/ui/view.h \
	src/ui/viewask.c src/ui/viewask.h \
	src/ui/viewlist.c src/ui/viewlist.h \
	src/ui/viewpanels.c src/ui/viewpanels.h
if LIBEDIT
librsh_a_SOURCES += src/ui/lineedit_libedit.c
EXTRA_DIST += src/ui/lineedit_plain.c
else
librsh_a_SOURCES += src/ui/lineedit_plain.c
EXTRA_DIST += src/ui/lineedit_libedit.c
endif
# What is drawn by libtsm.
if TSM
librsh_a_SOURCES += src/ui/pane.c \
	src/ui/tileask.c src/ui/tiledraw.c src/ui/tilekeys.c src/ui/tileline.c \
	src/ui/tiles.c
else
EXTRA_DIST += src/ui/pane.c \
	src/ui/tileask.c src/ui/tiledraw.c src/ui/tilekeys.c src/ui/tileline.c \
	src/ui/tiles.c
endif
