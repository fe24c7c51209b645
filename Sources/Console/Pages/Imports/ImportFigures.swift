import API

/// What is known of an import, in the words of its pages.
struct ImportFigures: Sendable {
  let item: JSONValue

  init(_ item: JSONValue) { self.item = item }

  var id: String { item["id"]?.text ?? "" }
  var file: String { item["originalFile"]?.text ?? "" }
  var isOfCompanies: Bool { item["object"]?.text == "company" }
  var status: String { item["statusName"]?.text ?? "" }
  var isCancelled: Bool { item["cancelled"]?.truth == true }

  /// Whether it waits for the user to map its columns.
  var isDraft: Bool { status == "draft" }
  var isRunning: Bool { ["in_progress", "manual"].contains(status) }
  /// Whether it goes on by itself.
  var isMoving: Bool { ["queued", "delayed", "uploading"].contains(status) || isRunning }
  var isStopped: Bool { status == "stopped" && !isCancelled }
  var hasEnded: Bool { ["imported", "failed"].contains(status) || isCancelled }
  var isBeingUndone: Bool { isUndone && item["undo"]?["dateEnded"] == .null }
  /// Whether it was undone, at least in part.
  var isUndone: Bool { item["undo"].map { $0 != .null } ?? false }
  var isUndoable: Bool { hasEnded && !isUndone && !isOfCompanies && count("insertedCount") > 0 }

  /// A number of rows.
  func count(_ member: String) -> Int { item[member]?.integer ?? 0 }

  /// The share of rows that are done, in per cent; nil while it is not known.
  var percent: Double? { number("progress") }
  /// Rows in a second.
  var speed: Double { number("speed") ?? 0 }

  /// The seconds that the rest will take; nil where that is not known.
  var secondsLeft: Double? {
    let left = count("lineCount") - count("processedCount")
    guard isRunning, speed > 0, left > 0 else { return nil }
    return Double(left) / speed
  }

  private func number(_ member: String) -> Double? { item[member]?.text.flatMap(Double.init) }

  /// Changes when the page has to be made anew.
  var state: String {
    let marks = [(isCancelled, "cancelled"), (isUndone, "undo"), (isBeingUndone, "now")]
    return ([status] + marks.filter(\.0).map(\.1)).joined(separator: " ")
  }

  /// The live figures. What is written with units is the same in all languages.
  var figures: JSONValue {
    let formats = Formats(.english, zone: nil)
    var figures: JSONObject = [
      "state": .string(state), "percent": percent.map(JSONValue.double) ?? .null,
      "percentText": .string(percent.map { formats.number($0, digits: 0) + " %" } ?? ""),
      "speed": .int(Int(speed)),
      "left": .string(secondsLeft.map { formats.duration(seconds: $0) } ?? "–"),
    ]
    for member in [
      "lineCount", "processedCount", "insertedCount", "updatedCount", "ignoredCount",
      "leftOutCount",
    ] { figures[member] = .int(count(member)) }
    for member in ["removedCount", "keptCount"] {
      figures[member] = .int(item["undo"]?[member]?.integer ?? 0)
    }
    return .object(figures)
  }

  /// Its status as a badge.
  func badge(_ page: PageRequest) -> HTML {
    let texts = page.texts
    if isBeingUndone { return page.badge(texts("Being undone"), .info) }
    if isUndone { return page.badge(texts("Undone")) }
    if isCancelled { return page.badge(texts("Cancelled")) }
    return switch status {
    case "draft": page.badge(texts("Not started"), .warn)
    case "uploading": page.badge(texts("Uploading"), .info)
    case "queued": page.badge(texts("Waits"), .info)
    case "delayed": page.badge(texts("Waits for others"), .info)
    case "in_progress", "manual": page.badge(texts("Running"), .info)
    case "imported": page.badge(texts("Done"), .ok)
    case "failed": page.badge(texts("Failed"), .bad)
    case "stopped": page.badge(texts("Stopped"), .warn)
    default: page.badge(status)
    }
  }

  /// Where its row leads: to the next step, below `/console/`.
  var path: String { isDraft ? "imports/\(id)/check" : "imports/\(id)" }
}
