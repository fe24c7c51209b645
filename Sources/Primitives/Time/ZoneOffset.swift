package import Foundation

/// The offsets of a time zone from UTC. UTC itself costs nothing.
package struct ZoneOffset: Sendable {
  private let zone: TimeZone?

  /// The offsets of a zone.
  package init(_ zone: TimeZone) {
    self.zone = zone.identifier == "GMT" || zone.identifier == "UTC" ? nil : zone
  }

  /// Whether the offset is always 0.
  package var isUTC: Bool { zone == nil }

  /// The offset in force at a local time, in seconds. Of a time that a clock shows twice the first is
  /// meant; one that is skipped is read by the clock before the jump.
  package func secondsFromUTC(local: Int) -> Int {
    guard let zone else { return 0 }
    // The offset a day before is the one in force before any change near this time.
    let before = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(local - 86_400)))
    let after = zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(local + 86_400)))
    if before == after { return before }
    let instant = Date(timeIntervalSince1970: Double(local - before))
    if zone.secondsFromGMT(for: instant) == before { return before }
    let later = Date(timeIntervalSince1970: Double(local - after))
    return zone.secondsFromGMT(for: later) == after ? after : before
  }
}
