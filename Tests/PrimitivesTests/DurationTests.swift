import Testing

@testable import Primitives

@Suite struct DurationTests {
  @Test(
    "Durations from outside saturate instead of ending the process",
    arguments: [
      (Duration.seconds(Int64.max), Int.max, Int64.max),
      (.seconds(Int64.min), .min, .min),
      (.milliseconds(1_500), 1_500, 1_500_000_000),
      (.milliseconds(-1_500), -1_500, -1_500_000_000),
      (.nanoseconds(999), 0, 999),
      (.seconds(Int64.max / 1_000), 9_223_372_036_854_775_000, .max),
    ])
  func saturates(duration: Duration, milliseconds: Int, nanoseconds: Int64) {
    #expect(duration.milliseconds == milliseconds)
    #expect(duration.nanoseconds == nanoseconds)
  }
}
