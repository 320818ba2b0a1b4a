#include "apps/lyceum/command_line.h"

int main(int argc, char** argv) {
    return lyceum::apps::console::run(argc, argv);
}
