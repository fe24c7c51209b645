package import Foundation

/// A change of the frequency limits of a channel (CON-57). `nil` members are left unchanged.
package struct FrequencyRuleChange: Sendable, Equatable {
  /// The maximum number of messages per `time`; the inner `nil` removes the limit.
  package var number: Int??
  /// The period: `DAY`, `WEEK` or `MONTH`.
  package var time: String??
  /// Whether the contact prefers this channel.
  package var isPreferred: Bool?
  /// The instant from which nothing is sent.
  package var pauseFrom: Date??
  /// The instant until which nothing is sent.
  package var pauseTo: Date??

  /// Creates a change; without arguments it changes nothing.
  package init(
    number: Int?? = nil, time: String?? = nil, isPreferred: Bool? = nil, pauseFrom: Date?? = nil,
    pauseTo: Date?? = nil
  ) {
    self.number = number
    self.time = time
    self.isPreferred = isPreferred
    self.pauseFrom = pauseFrom
    self.pauseTo = pauseTo
  }

  /// The valid periods.
  package static let times = ["DAY", "WEEK", "MONTH"]

  /// Checks the members against each other.
  ///
  /// - Throws: ``InvalidInput`` under the name of the channel.
  package func check(channel: String) throws(InvalidInput) {
    let member = "frequencyRules.\(channel)"
    if case .some(.some(let number)) = number, !(0...1_000_000).contains(number) {
      throw InvalidInput("\(member).frequencyNumber", "\(number) is not within 0 to 1000000")
    }
    if case .some(.some(let time)) = time, !Self.times.contains(time) {
      throw InvalidInput(
        "\(member).frequencyTime", "\(InvalidInput.shown(time)) is none of DAY, WEEK, MONTH")
    }
    if case .some(.some(let from)) = pauseFrom, case .some(.some(let to)) = pauseTo, to < from {
      throw InvalidInput("\(member).pauseToDate", "the pause ends before it begins")
    }
  }
}
