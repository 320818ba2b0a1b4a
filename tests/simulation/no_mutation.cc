#include "mutation.h"

unsigned lyceum_mutation = 0;

namespace lyceum::simulation {

bool choose_mutation(std::string_view) {
    return false;
}
const char* mutation_name() {
    return "";
}

} // namespace lyceum::simulation
