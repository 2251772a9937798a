/* Leaks on purpose: under AddressSanitizer ctest must call this a failure, elsewhere it passes. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include <stdlib.h>

Test(planted, leaks_on_purpose)
{
    volatile char *lost = malloc(100);

    lost[0] = 'x';
    cr_assert(lost[0] == 'x');
    lost = NULL;
}
