#include "agent/core/verify/piece.h"

namespace floorwalker::verify {

void check_availability(Examination&) {}

}  // namespace floorwalker::verify
