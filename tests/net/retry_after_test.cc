#include <gtest/gtest.h>

#include "agent/net/http.h"

namespace floorwalker::net {
namespace {

using std::chrono::milliseconds;

TEST(RetryAfter, IsReadInAllItsForms) {
  const auto now = std::chrono::system_clock::from_time_t(1700000000);
  EXPECT_EQ(retry_after({429, {{"retry-after", "2"}}}, now), milliseconds(2000));
  EXPECT_EQ(retry_after({429, {{"retry-after", "1"}, {"retry-after-ms", "700"}}}, now), milliseconds(700));
  EXPECT_EQ(retry_after({429, {{"retry-after", "Tue, 14 Nov 2023 22:13:25 GMT"}}}, now), milliseconds(5000));
  EXPECT_EQ(retry_after({429, {{"retry-after", "Tue, 14 Nov 2023 22:13:25 GMT"}, {"date", "Tue, 14 Nov 2023 22:13:24 GMT"}}}, now), milliseconds(1000));
  EXPECT_EQ(retry_after({429, {{"retry-after", "Tue, 14 Nov 2023 22:13:00 GMT"}}}, now), milliseconds(0));
  EXPECT_FALSE(retry_after({429, {}}, now));
  EXPECT_FALSE(retry_after({429, {{"retry-after", "soon"}}}, now));
}

}  // namespace
}  // namespace floorwalker::net
