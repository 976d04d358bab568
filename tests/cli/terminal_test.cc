#include "agent/cli/terminal.h"

#include <gtest/gtest.h>

namespace floorwalker::cli {
namespace {

using std::chrono::seconds;

TEST(ProgressBar, TellsWhatIsDoneWhatFailedAndHowLongItStillTakes) {
  EXPECT_EQ(progress_bar(120, 480, 2, seconds(12)), "[#####...............] 120/480, 2 failed, 0:12, about 0:36 left");
  EXPECT_EQ(progress_bar(480, 480, 0, seconds(61)), "[####################] 480/480, 1:01");
}

TEST(ProgressBar, GuessesNothingBeforeTheFirstIsDone) {
  EXPECT_EQ(progress_bar(0, 480, 0, seconds(5)), "[....................] 0/480, 0:05");
  EXPECT_EQ(progress_bar(0, 0, 0, seconds(0)), "[####################] 0/0, 0:00");
}

}  // namespace
}  // namespace floorwalker::cli
