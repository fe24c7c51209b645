/// The reason for a change of points, as stored in the points log (CON-13).
package struct PointsReason: Sendable, Equatable {
  /// The kind of source, such as `api`, `import` or `campaign`.
  package var type: String
  /// The event.
  package var eventName: String
  /// The action.
  package var actionName: String
  /// The id of the IP address from which it came.
  package var ipID: Int64?

  package init(type: String, eventName: String, actionName: String, ipID: Int64? = nil) {
    self.type = type
    self.eventName = eventName
    self.actionName = actionName
    self.ipID = ipID
  }
}
