#include "libpurple.h"
#include "session.h"

namespace purple_drive {
namespace {

/// What libpurple wants to be told about one file descriptor.
struct descriptor_watch {
    PurpleInputFunction function;
    gpointer data;
};

gboolean on_ready(GIOChannel* channel, GIOCondition condition, gpointer p) {
    const auto* watch = static_cast<descriptor_watch*>(p);
    int ready = 0;
    if ((condition & (G_IO_IN | G_IO_HUP | G_IO_ERR)) != 0) ready |= PURPLE_INPUT_READ;
    if ((condition & (G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL)) != 0)
        ready |= PURPLE_INPUT_WRITE;
    watch->function(
        watch->data, g_io_channel_unix_get_fd(channel), as_flags<PurpleInputCondition>(ready));
    return G_SOURCE_CONTINUE;
}

void forget(gpointer p) {
    delete static_cast<descriptor_watch*>(p);
}

guint add_input(int fd,
                PurpleInputCondition condition,
                PurpleInputFunction function,
                gpointer data) {
    int wanted = 0;
    if ((condition & PURPLE_INPUT_READ) != 0) wanted |= G_IO_IN | G_IO_HUP | G_IO_ERR;
    if ((condition & PURPLE_INPUT_WRITE) != 0) wanted |= G_IO_OUT | G_IO_HUP | G_IO_ERR | G_IO_NVAL;
    GIOChannel* channel = g_io_channel_unix_new(fd);
    const guint id = g_io_add_watch_full(channel,
                                         G_PRIORITY_DEFAULT,
                                         as_flags<GIOCondition>(wanted),
                                         on_ready,
                                         new descriptor_watch{function, data},
                                         forget);
    g_io_channel_unref(channel);
    return id;
}

} // namespace

void install_event_loop() {
    static PurpleEventLoopUiOps ops{};
    ops.timeout_add = g_timeout_add;
    ops.timeout_remove = g_source_remove;
    ops.input_add = add_input;
    ops.input_remove = g_source_remove;
    ops.timeout_add_seconds = g_timeout_add_seconds;
    purple_eventloop_set_ui_ops(&ops);
}

} // namespace purple_drive
