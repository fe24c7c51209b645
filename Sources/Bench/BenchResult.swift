/// One line of `martlet bench`.
package struct BenchResult: Sendable, Codable, Equatable {
  /// The benchmark's name, such as `queue.drain`.
  package var benchmark: String
  /// Martlet's figure, in `unit`.
  package var value: Double
  /// The unit of `value` and `bare`, such as `jobs/s` or `ms`.
  package var unit: String
  /// The bare server's figure for the same work in the same run.
  package var bare: Double?
  /// The share of `bare` that was reached: value / bare for rates, bare / value for times; nil
  /// where nothing is comparable.
  package var ratio: Double?
  /// SQL statements that Martlet's processes sent, per item. Noise does not move it.
  package var statementsPerItem: Double?
  /// Redis commands that Martlet's processes sent, per item. Noise does not move it.
  package var commandsPerItem: Double?
  /// Further figures of the run, by name.
  package var details: [String: Double]?

  enum CodingKeys: String, CodingKey {
    case benchmark, value, unit, bare, ratio, details
    case statementsPerItem = "statements_per_item"
    case commandsPerItem = "commands_per_item"
  }

  /// `null` is written where nothing is comparable, as readers of the lines expect every member.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(benchmark, forKey: .benchmark)
    try container.encode(value, forKey: .value)
    try container.encode(unit, forKey: .unit)
    try container.encode(bare, forKey: .bare)
    try container.encode(ratio, forKey: .ratio)
    try container.encode(statementsPerItem, forKey: .statementsPerItem)
    try container.encode(commandsPerItem, forKey: .commandsPerItem)
    try container.encodeIfPresent(details, forKey: .details)
  }

  /// A rate, where more is better.
  static func rate(
    _ benchmark: String, _ value: Double, unit: String, bare: Double?, work: Work? = nil,
    details: [String: Double]? = nil
  ) -> BenchResult {
    BenchResult(
      benchmark: benchmark, value: value.rounded(to: 1), unit: unit, bare: bare?.rounded(to: 1),
      ratio: bare.map { Self.ratio(value / $0) },
      statementsPerItem: work?.statementsPerItem.rounded(to: 5),
      commandsPerItem: work?.commandsPerItem.rounded(to: 5), details: details)
  }

  /// A ratio with three digits that say something, also where it is small.
  private static func ratio(_ value: Double) -> Double { value.rounded(to: value < 0.1 ? 5 : 3) }

  /// A time, where less is better.
  static func time(
    _ benchmark: String, _ value: Double, unit: String, bare: Double?, work: Work? = nil,
    details: [String: Double]? = nil
  ) -> BenchResult {
    BenchResult(
      benchmark: benchmark, value: value.rounded(to: 3), unit: unit, bare: bare?.rounded(to: 3),
      ratio: bare.map { Self.ratio($0 / value) },
      statementsPerItem: work?.statementsPerItem.rounded(to: 5),
      commandsPerItem: work?.commandsPerItem.rounded(to: 5), details: details)
  }
}

/// The cost of a piece of work in requests, per item.
struct Work {
  let statementsPerItem: Double
  let commandsPerItem: Double
}

extension Double {
  func rounded(to places: Int) -> Double {
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    return (self * scale).rounded() / scale
  }
}
