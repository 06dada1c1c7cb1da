# SPDX-License-Identifier: Apache-2.0

# RSH_CFLAG(VARIABLE, FLAG): add FLAG to VARIABLE if the compiler takes it.
AC_DEFUN([RSH_CFLAG],
[AS_VAR_PUSHDEF([cache], [rsh_cv_cflag_$2])
AC_CACHE_CHECK([whether $CC takes $2], [cache],
	[rsh_save_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS -Werror $2"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM([], [])],
		[AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
	CFLAGS=$rsh_save_CFLAGS])
AS_VAR_IF([cache], [yes], [$1="$$1 $2"])
AS_VAR_POPDEF([cache])])

# RSH_LDFLAG(VARIABLE, FLAG): add FLAG to VARIABLE if the linker takes it.
AC_DEFUN([RSH_LDFLAG],
[AS_VAR_PUSHDEF([cache], [rsh_cv_ldflag_$2])
AC_CACHE_CHECK([whether the linker takes $2], [cache],
	[rsh_save_LDFLAGS=$LDFLAGS
	LDFLAGS="$LDFLAGS -Werror $2"
	AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
		[AS_VAR_SET([cache], [yes])], [AS_VAR_SET([cache], [no])])
	LDFLAGS=$rsh_save_LDFLAGS])
AS_VAR_IF([cache], [yes], [$1="$$1 $2"])
AS_VAR_POPDEF([cache])])

AC_DEFUN([RSH_WARNINGS],
[WARN_CFLAGS=
m4_foreach_w([flag], [
	-std=c11 -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes
	-Wold-style-definition -Wmissing-prototypes -Wpointer-arith
	-Wwrite-strings -Wcast-qual -Wcast-align -Wformat=2 -Wundef -Wvla
	-Wswitch-enum -Wimplicit-fallthrough -Wnull-dereference
	-Wdouble-promotion -Wredundant-decls -Wconversion -Wno-sign-conversion
	-Wdate-time
	-Wcast-align=strict -Wformat-signedness -Wduplicated-cond
	-Wduplicated-branches -Wlogical-op -Wjump-misses-init -Walloca
	-Warith-conversion -Wstringop-overflow=4 -Wtrampolines
	-Wcomma -Wextra-semi-stmt -Wassign-enum -Wconditional-uninitialized
	-Wunreachable-code-aggressive -Wmissing-variable-declarations
	-Wshorten-64-to-32], [RSH_CFLAG([WARN_CFLAGS], flag)])
AS_IF([test "x$enable_werror" = xyes], [WARN_CFLAGS="$WARN_CFLAGS -Werror"])
AC_SUBST([WARN_CFLAGS])])

# FORTIFY and the sanitizers do not go together.
AC_DEFUN([RSH_HARDENING],
[HARDEN_CFLAGS=
HARDEN_LDFLAGS=
AS_IF([test "x$enable_hardening" = xyes],
	[m4_foreach_w([flag], [
		-fno-common -fPIE -fstack-protector-strong
		-fstack-clash-protection -fcf-protection=full
		-ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr
		-fno-strict-overflow -fno-delete-null-pointer-checks],
		[RSH_CFLAG([HARDEN_CFLAGS], flag)])
	m4_foreach([flag], [[-pie], [[-Wl,-z,relro]], [[-Wl,-z,now]],
		[[-Wl,-z,noexecstack]], [[-Wl,-z,separate-code]]],
		[RSH_LDFLAG([HARDEN_LDFLAGS], flag)])
	AS_IF([test "x$enable_sanitizers$enable_fuzzing" = xnono],
		[AS_CASE([" $CFLAGS $CPPFLAGS "],
			[*_FORTIFY_SOURCE*], [],
			[*" -O0 "*], [],
			[HARDEN_CFLAGS="$HARDEN_CFLAGS -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=RSH_FORTIFY_LEVEL"])])])
AC_PREPROC_IFELSE([AC_LANG_SOURCE([[
#include <features.h>
#if !defined(__GNUC__) || defined(__clang__) || __GNUC__ < 12 || !__GLIBC_PREREQ(2, 35)
#error level 2
#endif]])], [rsh_fortify=3], [rsh_fortify=2])
HARDEN_CFLAGS=$(echo "$HARDEN_CFLAGS" | sed "s/RSH_FORTIFY_LEVEL/$rsh_fortify/")
AC_SUBST([HARDEN_CFLAGS])
AC_SUBST([HARDEN_LDFLAGS])])

AC_DEFUN([RSH_INSTRUMENTATION],
[INSTR_CFLAGS=
INSTR_LDFLAGS=
AS_IF([test "x$enable_sanitizers" = xyes],
	[enable_sanitizers=address,undefined])
AS_IF([test "x$enable_sanitizers" != xno],
	[INSTR_CFLAGS="-fsanitize=$enable_sanitizers -fno-sanitize-recover=all -fno-omit-frame-pointer"
	INSTR_LDFLAGS="-fsanitize=$enable_sanitizers"
	AC_DEFINE([SANITIZED], [1], [Built with sanitizers])])
AS_IF([test "x$enable_fuzzing" = xyes],
	[INSTR_CFLAGS="$INSTR_CFLAGS -fsanitize=fuzzer-no-link"
	: "${LIB_FUZZING_ENGINE=-fsanitize=fuzzer}"])
AC_ARG_VAR([LIB_FUZZING_ENGINE], [what fuzz targets are linked with])
AS_IF([test "x$enable_coverage" = xyes],
	[INSTR_CFLAGS="$INSTR_CFLAGS --coverage"
	INSTR_LDFLAGS="$INSTR_LDFLAGS --coverage"])
AC_SUBST([INSTR_CFLAGS])
AC_SUBST([INSTR_LDFLAGS])])
