import Testing

@testable import Processes

@Suite("CAM-906: what the servers' clocks agree on")
struct ClockDriftTests {
  private func agreed(_ drifts: (Double, Double)...) -> ClockDrift? {
    ClockDrift.agreed(
      drifts.map { ClockDrift(seconds: $0.0, uncertainty: $0.1) }, within: 0.1)
  }

  @Test("Two that say the same outvote the machine, by what the more exact one says")
  func agreement() throws {
    let drift = try #require(agreed((3_600.03, 0.02), (3_600, 0.001)))
    #expect(drift.seconds == 3_600)
    // The other one may be right.
    #expect(abs(drift.uncertainty - 0.03) < 0.001)
    #expect(drift.certain > 3_599)
  }

  @Test("Two that certainly differ outvote nobody; a slow answer is no certainty")
  func disagreement() {
    #expect(agreed((3_600, 0.01), (0, 0.01)) == nil)
    #expect(agreed((0.3, 0.01), (0, 0.01)) == nil)
    #expect(agreed((0.3, 0.3), (0, 0.01)) != nil)
    #expect(agreed() == nil)
  }
}
