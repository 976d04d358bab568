#include "agent/core/verify/piece.h"

namespace floorwalker::verify {

void check_compatibility(Examination&) {}

}  // namespace floorwalker::verify
