/// The queue of the jobs of contacts.
package enum ContactQueue {
  /// The name.
  package static let name = "contacts"
}
