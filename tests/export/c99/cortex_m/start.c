/* Starts main() on a Cortex-M4 in QEMU; what it prints and its exit status go through semihosting. */
#include <stdint.h>
#include <stdio.h>

extern uint32_t bss_begin;
extern uint32_t bss_end;

void reset(void);
void initialise_monitor_handles(void);
void _exit(int status);
int main(void);

__attribute__((section(".vectors"), used)) static const uint32_t vectors[] = {0x20100000, (uint32_t)(uintptr_t)reset};

void reset(void)
{
    uint32_t *place;
    int status;

    *(volatile uint32_t *)0xE000ED88 |= UINT32_C(0xF00000); /* switches the FPU on */
    for (place = &bss_begin; place < &bss_end; place++) {
        *place = 0;
    }
    initialise_monitor_handles();
    status = main();
    fflush(stdout);
    _exit(status);
}
