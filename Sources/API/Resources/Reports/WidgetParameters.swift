import Contacts
import Foundation
import Primitives
import Reports

/// The parameters of a widget.
struct WidgetParameters: Sendable {
  let request: WidgetRequest
  /// Whether figures are wanted without what draws them.
  let isRaw: Bool
  /// The height in pixels.
  let height: Int

  private static let mostDatasets = 50
  private static let standardRows = 10

  /// - Throws: `APIError` 400, or `InvalidInput`, naming the parameter.
  init(_ query: JSONValue, now: Date) throws {
    let zone =
      try query["timezone"]?.text.flatMap { $0.isEmpty ? nil : $0 }
      .map { try WidgetRequest.zone($0) } ?? "UTC"
    let to = try Self.instant(query, "dateTo", zone, isEnd: true) ?? now
    let from =
      try Self.instant(query, "dateFrom", zone, isEnd: false)
      ?? to.addingTimeInterval(-30 * 86_400)
    let limit = query["limit"]?.integer ?? 0
    request = try WidgetRequest(
      window: try ReportWindow(from: from, to: to), zone: zone, unit: try Self.unit(query),
      limit: limit > 0 ? limit : Self.standardRows, filters: try Self.filters(query["filter"]),
      datasets: try Self.datasets(query["dataset"]))
    isRaw = query["dataFormat"]?.text == "raw"
    height = min(max(0, query["height"]?.integer ?? 300), 10_000)
  }

  private static func unit(_ query: JSONValue) throws(APIError) -> WidgetRequest.Unit {
    guard let text = query["timeUnit"]?.text, !text.isEmpty else { return .year }
    guard let unit = WidgetRequest.Unit(rawValue: text) else {
      let known = WidgetRequest.Unit.allCases.map(\.rawValue).joined(separator: ", ")
      throw .validation([("timeUnit", ["\(InvalidInput.shown(text)) is none of \(known)"])])
    }
    return unit
  }

  /// A day, or a time without an offset, is one of the time zone; the end is the last second of its day.
  private static func instant(
    _ query: JSONValue, _ name: String, _ zone: String, isEnd: Bool
  ) throws(APIError) -> Date? {
    guard let text = query[name]?.text?.trimmingBlanks, !text.isEmpty else { return nil }
    guard let date = WireDate.parse(text) else {
      throw .validation([
        (name, ["\(InvalidInput.shown(text)) is no date; YYYY-MM-DD is expected."])
      ])
    }
    let length = text.utf8.count
    guard [10, 16, 19].contains(length), !text.hasSuffix("Z"),
      let timeZone = TimeZone(identifier: zone)
    else { return date }
    let local = length == 10 && isEnd ? date.addingTimeInterval(86_399) : date
    // The offset at the instant decides, which is known but for the offset itself.
    let guess = local.addingTimeInterval(-Double(timeZone.secondsFromGMT(for: local)))
    return local.addingTimeInterval(-Double(timeZone.secondsFromGMT(for: guess)))
  }

  /// Filters that no widget knows are ignored, as members of bodies are.
  private static func filters(_ given: JSONValue?) throws(APIError) -> [String: Int64] {
    var filters: [String: Int64] = [:]
    for name in WidgetRequest.filterNames {
      guard let value = given?[name], value != .null, value != .string("") else { continue }
      guard let id = value.integer, id > 0 else {
        throw .validation([
          ("filter[\(name)]", ["\(InvalidInput.shown(value.text ?? "")) must be an id"])
        ])
      }
      filters[name] = Int64(id)
    }
    return filters
  }

  private static func datasets(_ given: JSONValue?) throws(APIError) -> Set<String> {
    let names = (given ?? .null).commaList
    guard names.count <= mostDatasets else {
      throw .validation([("dataset", ["more than \(mostDatasets) names"])])
    }
    return Set(names.map { $0.lowercased() })
  }
}
