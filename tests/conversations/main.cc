#include "player.h"

#include <cstdio>
#include <fstream>
#include <sstream>

/// conversations FILE.talk...: plays each on a world of its own. Exit code 1 when one fails.
int main(int argc, char** argv) {
    namespace conversations = lyceum::conversations;
    int failed = 0;
    for (int i = 1; i < argc; ++i) {
        std::ifstream in(argv[i], std::ios::binary);
        std::ostringstream text;
        text << in.rdbuf();
        std::optional<conversations::mistake> wrong;
        if (!in) {
            wrong = conversations::mistake{0, "cannot be read"};
        } else if (const auto talk = conversations::parse(text.str()); !talk) {
            wrong = talk.error();
        } else {
            wrong = conversations::player().play(*talk);
        }
        if (!wrong) continue;
        ++failed;
        std::printf("%s:%zu: %s\n", argv[i], wrong->number, wrong->what.c_str());
    }
    std::printf("%d conversations, %d failed\n", argc - 1, failed);
    return failed == 0 && argc > 1 ? 0 : 1;
}
