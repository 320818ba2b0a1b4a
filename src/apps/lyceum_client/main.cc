#include "apps/lyceum_client/command_line.h"

int main(int argc, char** argv) {
    return lyceum::apps::client::run(argc, argv);
}
