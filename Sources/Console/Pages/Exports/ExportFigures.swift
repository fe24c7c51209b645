import API

/// What is known of an export, in the words of its pages.
struct ExportFigures: Sendable {
  let item: JSONValue

  init(_ item: JSONValue) { self.item = item }

  var id: String { item["id"]?.text ?? "" }
  var status: String { item["statusName"]?.text ?? "" }
  var isPending: Bool { ["queued", "in_progress"].contains(status) }
  var isReady: Bool { status == "ready" }
  var format: String { (item["format"]?.text ?? "").uppercased() }
  var percent: Double? { item["progress"]?.text.flatMap(Double.init) }

  /// The live figures.
  var figures: JSONValue {
    [
      "state": .string(status), "percent": percent.map(JSONValue.double) ?? .null,
      "processedCount": item["processedCount"] ?? .null, "rowCount": item["rowCount"] ?? .null,
      "percentText": .string(percent.map { "\(Int($0)) %" } ?? ""),
    ]
  }

  /// What was asked for, in a line.
  func selection(_ page: PageRequest) -> String {
    let texts = page.texts
    let query = item["query"]
    var parts: [String] = []
    if let segment = query?["segment"]?.text {
      parts.append(texts("segment {id}", ["id": segment]))
    }
    if let search = query?["search"]?.text, !search.isEmpty { parts.append("“\(search)”") }
    if let ids = query?["ids"] {
      parts.append(
        texts.counting(
          ids.commaList.count, one: "1 selected contact", many: "{count} selected contacts"))
    }
    if query?["where"] != nil { parts.append(texts("with conditions")) }
    return parts.isEmpty ? texts("All contacts") : parts.joined(separator: ", ")
  }

  func badge(_ page: PageRequest) -> HTML {
    let texts = page.texts
    return switch status {
    case "queued": page.badge(texts("Waits"), .info)
    case "in_progress": page.badge(texts("Running"), .info)
    case "ready": page.badge(texts("Ready"), .ok)
    case "failed": page.badge(texts("Failed"), .bad)
    case "stopped": page.badge(texts("Cancelled"))
    case "expired": page.badge(texts("Expired"))
    default: page.badge(status)
    }
  }
}
