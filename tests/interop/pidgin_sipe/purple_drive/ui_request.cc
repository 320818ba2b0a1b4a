#include "event.h"
#include "request.h"
#include "session.h"

#include <algorithm>
#include <cstdarg>
#include <list>
#include <string>
#include <vector>

namespace purple_drive {

/// A dialog that Pidgin would show.
struct request {
    int id = 0;
    PurpleRequestType type = PURPLE_REQUEST_ACTION;
    const char* kind = "";                      ///< which policy it goes by
    std::vector<std::string> labels;            ///< buttons of an action, entries of a choice
    std::vector<PurpleRequestActionCb> actions; ///< what each button does
    std::vector<int> choices;                   ///< what each entry stands for
    int initial_choice = 0;
    std::string value;                     ///< text of an input
    PurpleRequestFields* fields = nullptr; ///< owned
    GCallback yes = nullptr;
    GCallback no = nullptr;
    void* user_data = nullptr;
    guint timer = 0;
    bool being_answered = false; ///< a callback may close the dialog it was pressed in
    bool closed = false;

    ~request() {
        if (timer != 0) g_source_remove(timer);
        if (fields != nullptr) purple_request_fields_destroy(fields);
    }
};

namespace {

std::list<request> open_requests;

void erase(const request* r) {
    open_requests.remove_if([r](const request& o) { return &o == r; });
}

request& open_request(PurpleRequestType type, const char* kind, void* user_data) {
    static int last_id = 0;
    request& r = open_requests.emplace_back();
    r.id = ++last_id;
    r.type = type;
    r.kind = kind;
    r.user_data = user_data;
    return r;
}

template <class Function>
Function* as(GCallback callback) {
    return reinterpret_cast<Function*>(callback);
}

using action_answer = void(void*, int);
using input_answer = void(void*, const char*);
using choice_answer = void(void*, int);
using fields_answer = void(void*, PurpleRequestFields*);

void press(request& r, bool yes, int index) {
    const GCallback callback = yes ? r.yes : r.no;
    const auto last = static_cast<int>(r.labels.size()) - 1;
    switch (r.type) {
    case PURPLE_REQUEST_ACTION: {
        // Buttons are ordered from consent to refusal; "View certificate" follows the refusal.
        const int refusal = std::string_view(r.kind) == "certificate" ? 1 : last;
        const int button = std::clamp(index >= 0 ? index : yes ? 0 : refusal, 0, std::max(last, 0));
        if (last >= 0 && r.actions[static_cast<std::size_t>(button)] != nullptr) {
            r.actions[static_cast<std::size_t>(button)](r.user_data, button);
        }
        break;
    }
    case PURPLE_REQUEST_CHOICE:
        if (callback != nullptr) {
            const bool picked = index >= 0 && index <= last;
            as<choice_answer>(callback)(r.user_data,
                                        picked ? r.choices[static_cast<std::size_t>(index)]
                                               : r.initial_choice);
        }
        break;
    case PURPLE_REQUEST_INPUT:
        if (callback != nullptr) as<input_answer>(callback)(r.user_data, r.value.c_str());
        break;
    case PURPLE_REQUEST_FIELDS:
        if (callback != nullptr) as<fields_answer>(callback)(r.user_data, r.fields);
        break;
    default:
        break;
    }
}

gboolean answer_by_policy(gpointer p) {
    auto* r = static_cast<request*>(p);
    r->timer = 0;
    answer_request(*r, policy_for(r->kind) == answer_policy::accept, -1);
    return G_SOURCE_REMOVE;
}

void* show(request& r, const char* title, const char* primary, const char* secondary) {
    // A dialog with one button announces something; pressing the button may end what it announces.
    const bool announcement = r.type == PURPLE_REQUEST_ACTION && r.labels.size() < 2;
    const bool held = announcement || policy_for(r.kind) == answer_policy::manual;
    std::vector<std::string> labels;
    std::ranges::transform(r.labels, std::back_inserter(labels), json::quoted);
    event(std::string_view(r.kind) == "certificate" ? "certificate-verify" : "request")
        .number("request", r.id)
        .text("kind", r.kind)
        .text("title", title)
        .text("primary", primary)
        .text("secondary", plain_text(secondary))
        .raw("choices", json::array(labels))
        .flag("held", held)
        .send();
    if (!held) r.timer = g_timeout_add(1, answer_by_policy, &r);
    return &r;
}

void* on_input(const char* title,
               const char* primary,
               const char* secondary,
               const char* initial,
               gboolean,
               gboolean,
               gchar*,
               const char*,
               GCallback ok,
               const char*,
               GCallback cancel,
               PurpleAccount*,
               const char*,
               PurpleConversation*,
               void* user_data) {
    request& r = open_request(PURPLE_REQUEST_INPUT, "input", user_data);
    r.value = initial == nullptr ? "" : initial;
    r.yes = ok;
    r.no = cancel;
    return show(r, title, primary, secondary);
}

void* on_choice(const char* title,
                const char* primary,
                const char* secondary,
                int initial,
                const char*,
                GCallback ok,
                const char*,
                GCallback cancel,
                PurpleAccount*,
                const char*,
                PurpleConversation*,
                void* user_data,
                va_list choices) {
    request& r = open_request(PURPLE_REQUEST_CHOICE, "choice", user_data);
    while (const char* label = va_arg(choices, const char*)) {
        r.labels.emplace_back(label);
        r.choices.push_back(va_arg(choices, int));
    }
    r.initial_choice = initial;
    r.yes = ok;
    r.no = cancel;
    return show(r, title, primary, secondary);
}

void* on_action(const char* title,
                const char* primary,
                const char* secondary,
                int,
                PurpleAccount*,
                const char*,
                PurpleConversation*,
                void* user_data,
                std::size_t count,
                va_list actions) {
    const bool certificate =
        title != nullptr &&
        std::string_view(title).find("Certificate Verification") != std::string_view::npos;
    request& r =
        open_request(PURPLE_REQUEST_ACTION, certificate ? "certificate" : "action", user_data);
    for (std::size_t i = 0; i < count; ++i) {
        r.labels.emplace_back(va_arg(actions, const char*));
        r.actions.push_back(va_arg(actions, PurpleRequestActionCb));
    }
    return show(r, title, primary, secondary);
}

void* on_fields(const char* title,
                const char* primary,
                const char* secondary,
                PurpleRequestFields* fields,
                const char*,
                GCallback ok,
                const char*,
                GCallback cancel,
                PurpleAccount*,
                const char*,
                PurpleConversation*,
                void* user_data) {
    request& r = open_request(PURPLE_REQUEST_FIELDS, "fields", user_data);
    r.fields = fields;
    r.yes = ok;
    r.no = cancel;
    return show(r, title, primary, secondary);
}

void on_close(PurpleRequestType, void* handle) {
    for (auto& r : open_requests) {
        if (&r != handle) continue;
        if (r.being_answered) {
            r.closed = true;
        } else {
            erase(&r);
        }
        return;
    }
}

} // namespace

request* find_request(std::string_view id) {
    for (auto& r : open_requests) {
        if (id == "-" || std::to_string(r.id) == id) return &r;
    }
    return nullptr;
}

void answer_request(request& r, bool yes, int index) {
    event("request-answered").number("request", r.id).text("kind", r.kind).flag("ok", yes).send();
    if (r.timer != 0) g_source_remove(r.timer);
    r.timer = 0;
    r.being_answered = true;
    press(r, yes, index);
    r.being_answered = false;
    if (r.closed) {
        erase(&r);
    } else {
        purple_request_close(r.type, &r);
    }
}

void install_request_ui() {
    static PurpleRequestUiOps ops{};
    ops.request_input = on_input;
    ops.request_choice = on_choice;
    ops.request_action = on_action;
    ops.request_fields = on_fields;
    ops.close_request = on_close;
    purple_request_set_ui_ops(&ops);
}

} // namespace purple_drive
