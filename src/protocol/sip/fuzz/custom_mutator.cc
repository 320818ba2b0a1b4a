// What libFuzzer calls instead of its own mutations; linked to the targets that read SIP.

#include "protocol/sip/fuzz/sip_mutator.h"

// Names that libFuzzer looks for. NOLINTBEGIN(readability-identifier-naming)

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

using lyceum::sip::fuzz::dice;

std::size_t put(const std::string& text, std::uint8_t* out, std::size_t most) {
    return text.copy(reinterpret_cast<char*>(out), most);
}

} // namespace

extern "C" std::size_t
LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t most, unsigned seed) {
    dice d(seed);
    if (d.below(4) == 0) return LLVMFuzzerMutate(data, size, most); // octets, its dictionary
    std::string text(reinterpret_cast<const char*>(data), size);
    for (auto times = 1 + d.below(3); times > 0; --times)
        text = lyceum::sip::fuzz::mutate(text, d);
    return put(text, data, most);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* a,
                                                 std::size_t a_size,
                                                 const std::uint8_t* b,
                                                 std::size_t b_size,
                                                 std::uint8_t* out,
                                                 std::size_t most,
                                                 unsigned seed) {
    dice d(seed);
    return put(lyceum::sip::fuzz::cross({reinterpret_cast<const char*>(a), a_size},
                                        {reinterpret_cast<const char*>(b), b_size},
                                        d),
               out,
               most);
}

// NOLINTEND(readability-identifier-naming)
