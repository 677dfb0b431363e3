/* As much of Arduino as the sketches use; the program runs loop() once. */
#include <cstdio>

struct SerialStub {
    void begin(long) {}
    void print(const char *text) { std::fputs(text, stdout); }
    void print(int number) { std::printf("%d", number); }
    void println(const char *text) { std::puts(text); }
    void println(int number) { std::printf("%d\n", number); }
};

static SerialStub Serial;

static void delay(unsigned long) {}

void setup();
void loop();

int main()
{
    setup();
    loop();
}
