import Foundation
import Primitives
import Testing

@Suite("Days, durations and pauses")
struct TimeTests {
  @Test("Every day of 12 centuries has the next number and is read back")
  func civilDays() {
    var expected = CivilDay.number(1400, 1, 1)
    #expect(CivilDay.number(1970, 1, 1) == 0)
    for year in 1400..<2600 {
      let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
      for (index, length) in [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        .enumerated()
      {
        for day in 1...length {
          let number = CivilDay.number(year, index + 1, day)
          guard number == expected, CivilDay.date(number) == (year, index + 1, day) else {
            Issue.record("\(year)-\(index + 1)-\(day) is \(number) instead of \(expected)")
            return
          }
          expected += 1
        }
      }
    }
  }

  @Test(arguments: [
    (Duration.milliseconds(1500), 1.5, 1500, Int64(1_500_000_000)), (.zero, 0, 0, 0),
    (.nanoseconds(1), 1e-9, 0, 1), (.milliseconds(-250), -0.25, -250, -250_000_000),
  ])
  func durations(duration: Duration, seconds: Double, milliseconds: Int, nanoseconds: Int64) {
    #expect(duration.seconds == seconds)
    #expect(duration.milliseconds == milliseconds)
    #expect(duration.nanoseconds == nanoseconds)
  }

  @Test func nanosecondsDoNotOverflow() {
    #expect(Duration.seconds(Int64.max).nanoseconds == .max)
    #expect(Duration.seconds(Int64.min).nanoseconds == .min)
  }

  @Test("A pause doubles with each failure, up to the bound, however many there are")
  func pauses() {
    #expect(
      (0...7).map { RetryPause.milliseconds(after: $0) } == [
        50, 100, 200, 400, 800, 1600, 2000, 2000,
      ])
    #expect(RetryPause.milliseconds(after: .max) == 2000)
    #expect(RetryPause.milliseconds(after: -1) == 50)
    #expect(RetryPause.milliseconds(after: 3, first: 250, atMost: 30_000) == 2000)
    for failures in 0..<10 {
      let ceiling = RetryPause.milliseconds(after: failures)
      let pause = RetryPause.spread(after: failures)
      #expect(pause >= .milliseconds(ceiling / 2) && pause <= .milliseconds(ceiling))
    }
  }

  @Test(
    "A local time that a clock shows twice is the first; one that is skipped is read by the clock before"
  )
  func zones() throws {
    let berlin = ZoneOffset(try #require(TimeZone(identifier: "Europe/Berlin")))
    let day = { (month: Int, day: Int) in CivilDay.number(2026, month, day) * 86_400 }
    #expect(berlin.secondsFromUTC(local: day(10, 25) + 9000) == 7200)
    #expect(berlin.secondsFromUTC(local: day(3, 29) + 9000) == 3600)
    #expect(berlin.secondsFromUTC(local: day(7, 1)) == 7200)
    #expect(ZoneOffset(.gmt).isUTC && !berlin.isUTC)
  }
}
