/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Start-up, and the table of names the program answers to.
 */
int main(void)
{
	return 0;
}
