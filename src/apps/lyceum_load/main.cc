#include "apps/lyceum_load/command_line.h"

int main(int argc, char** argv) {
    return lyceum::apps::load::run(argc, argv);
}
