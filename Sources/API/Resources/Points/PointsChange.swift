import Contacts
import Primitives

extension APIError {
  /// The error of an unknown operator in a path that changes points.
  static func unknownOperator(_ name: String, _ known: String) -> APIError {
    .validation([("operator", ["\(InvalidInput.shown(name)): not one of \(known)"])])
  }
}

/// A change of points or of a score as given by path and body (API page, 8.2).
extension APIRequest {
  /// `{amount}` in the path.
  var pointsAmount: Int {
    get throws(APIError) {
      let text = try pathText("amount")
      // Not by the amount's absolute value: the smallest integer has none.
      guard let amount = Int(text),
        (-ContactPoints.limit...ContactPoints.limit).contains(amount)
      else {
        throw .validation([
          (
            "points",
            ["\(InvalidInput.shown(text)): not a whole number up to \(ContactPoints.limit)"]
          )
        ])
      }
      return amount
    }
  }

  /// The entry in the log: the names in the body, or the operator in the path.
  func pointsReason() async throws -> PointsReason {
    let body = try await parameters()
    func given(_ name: String) throws(APIError) -> String? {
      try (body[name] ?? body[name.lowercased()])?.text
        .map { text throws(APIError) in try BoundedText.plain(text, name) }
        .flatMap { $0.isEmpty ? nil : $0 }
    }
    return PointsReason(
      type: "api", eventName: try given("eventName") ?? "API",
      actionName: try given("actionName") ?? pathText("operator"))
  }
}
