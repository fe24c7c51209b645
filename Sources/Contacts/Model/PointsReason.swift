/// The reason for a change of points, as the points log keeps it (CON-13).
package struct PointsReason: Sendable, Equatable {
  /// The kind of source: `api`, `import`, `campaign` …
  package var type: String
  /// The event.
  package var eventName: String
  /// The action.
  package var actionName: String
  /// The address from which it came.
  package var ipID: Int64?

  package init(type: String, eventName: String, actionName: String, ipID: Int64? = nil) {
    self.type = type
    self.eventName = eventName
    self.actionName = actionName
    self.ipID = ipID
  }
}
