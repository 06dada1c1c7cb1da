/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that may not be called.  Each .c file includes this last, so that
 * a call becomes a compile error that names the function.
 */
#ifndef RSH_BASE_BANNED_H
#define RSH_BASE_BANNED_H

#define RSH_BANNED(func) sorry_##func##_is_banned_see_docs_STYLE_md

#undef strcpy
#define strcpy(x, y) RSH_BANNED(strcpy)
#undef strcat
#define strcat(x, y) RSH_BANNED(strcat)
#undef strncpy
#define strncpy(x, y, n) RSH_BANNED(strncpy)
#undef strncat
#define strncat(x, y, n) RSH_BANNED(strncat)
#undef strtok
#define strtok(x, y) RSH_BANNED(strtok)
#undef sprintf
#define sprintf(...) RSH_BANNED(sprintf)
#undef vsprintf
#define vsprintf(...) RSH_BANNED(vsprintf)
#undef gets
#define gets(x) RSH_BANNED(gets)
#undef atoi
#define atoi(x) RSH_BANNED(atoi)
#undef atol
#define atol(x) RSH_BANNED(atol)
#undef system
#define system(x) RSH_BANNED(system)
#undef signal
#define signal(x, y) RSH_BANNED(signal)
#undef localtime
#define localtime(x) RSH_BANNED(localtime)
#undef gmtime
#define gmtime(x) RSH_BANNED(gmtime)
#undef rand
#define rand() RSH_BANNED(rand)

#endif /* RSH_BASE_BANNED_H */
