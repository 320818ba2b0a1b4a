#include "base/fuzz/require.h"
#include "protocol/ntlm/client.h"
#include "protocol/ntlm/keys.h"

#include <algorithm>

using namespace lyceum;

namespace {

using lyceum::fuzz::require;

const ntlm::octets16 hash{1, 2, 3};

} // namespace

// What stands inside the messages, and both ends of a handshake whose other end is the fuzzer.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const byte_view in(data, size);
    if (const auto pairs = ntlm::parse_av_pairs(in)) {
        byte_vector out;
        byte_writer writer(out);
        serialise(*pairs, writer);
        require(ntlm::parse_av_pairs(out) == pairs && out.size() <= size);
        (void)ntlm::av_flags(*pairs);
        (void)ntlm::av_timestamp(*pairs);
    }
    if (const auto r = ntlm::parse_ntlmv2_response(in)) {
        require(r->proven.size() + r->proof.size() == size);
        byte_vector out;
        byte_writer writer(out);
        serialise(r->client, writer);
        out.insert(out.begin(), r->proof.begin(), r->proof.end());
        const auto again = ntlm::parse_ntlmv2_response(out);
        require(again && again->client == r->client);
    }
    // Nobody proves what he does not know: a good proof is 2^-128 luck.
    if (const auto m = ntlm::parse_authenticate(in)) {
        require(!ntlm::check(*m, {}, hash));
        if (size >= 88) (void)ntlm::integrity_holds({}, {}, in);
    }
    // A client answers a challenge, and the server that gave it believes the answer.
    if (const auto c = ntlm::parse_challenge(in)) {
        const ntlm::identity who{"alice", "CONTOSO", "PC", hash};
        if (const auto a = answer_challenge(*c, who, {})) {
            byte_vector out;
            byte_writer writer(out);
            serialise(a->message, writer);
            const auto read = ntlm::parse_authenticate(out);
            require(read == a->message);
            const auto believed = ntlm::check(*read, c->server_challenge, hash);
            require(believed && *believed == a->agreed);
        }
    }
    return 0;
}
