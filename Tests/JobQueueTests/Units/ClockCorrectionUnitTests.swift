import Foundation
import Testing

@testable import JobQueue

/// The clock of a process on a machine whose own clock may be wrong (CAM-906).
struct ClockCorrectionUnitTests {
  private let start = ContinuousClock.now
  private let noon = Date(timeIntervalSince1970: 1_790_000_000)

  @Test func theMachinesClockIsReadUntilAnythingIsKnown() {
    #expect(ClockCorrection().reading(of: noon, at: start) == noon)
  }

  @Test(arguments: [3_600.0, -3_600, 0.2, -0.2])
  func aWrongClockIsNotBelieved(by seconds: Double) {
    let correction = ClockCorrection()
    correction.follow(noon, at: start, uncertainty: 0.01)
    let machine = noon.addingTimeInterval(30 + seconds)
    let reading = correction.reading(of: machine, at: start + .seconds(30))
    #expect(reading == noon.addingTimeInterval(30))
    correction.forget()
    #expect(correction.reading(of: machine, at: start + .seconds(30)) == machine)
  }

  @Test func aClockThatAgreesIsRead() {
    let correction = ClockCorrection()
    correction.follow(noon, at: start, uncertainty: 0.05)
    let machine = noon.addingTimeInterval(30.1)
    #expect(correction.reading(of: machine, at: start + .seconds(30)) == machine)
  }

  @Test func nothingElseIsMoved() {
    let correction = ClockCorrection()
    correction.follow(Date().addingTimeInterval(3_600), at: .now, uncertainty: 0)
    let clock = WallClock.corrected(by: correction)
    #expect(clock.now.timeIntervalSinceNow > 3_500)
    #expect(clock.real.timeIntervalSinceNow > 3_500)
    // The servers' times are the true ones.
    #expect(clock.offset == .zero && clock.reading(at: noon) == noon)
    #expect(!clock.isMovable)
  }
}
