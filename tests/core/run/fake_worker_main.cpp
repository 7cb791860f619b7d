// SPDX-License-Identifier: GPL-3.0-or-later
// A worker that pretends: the real service over FakeEngine, whose script is the JSON in HEADROOM_FAKE.
#include "core/run/fake_engine.h"
#include "core/run/worker_service.h"

#include <cstdlib>

#include <unistd.h>

int main()
{
    const int output = headroom::moveProtocolOffStdout();
    const char* script = std::getenv("HEADROOM_FAKE");
    headroom::FakeEngine engine(script ? headroom::parseJson(script).get<headroom::FakeScript>()
                                       : headroom::FakeScript{});
    const int status = headroom::serveWorker(engine, STDIN_FILENO, output);
    _exit(status);
}
