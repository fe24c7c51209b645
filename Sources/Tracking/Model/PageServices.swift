/// The services of others that the script of pages tells of visits (tracking.md 14).
package struct PageServices: Sendable, Hashable {
  /// One of them.
  package struct Service: Sendable, Hashable {
    /// The operator's id there; empty for none.
    package var id = ""
    /// Whether pages of other sites tell it.
    package var onTrackedPages = false
    /// Whether landing pages of ours do.
    package var onLandingPages = false

    package init() {}

    /// Whether any page tells it.
    var isOn: Bool { !id.isEmpty && (onTrackedPages || onLandingPages) }
  }

  /// Google Analytics.
  package var analytics = Service()
  /// Whether it is told to shorten addresses.
  package var anonymizesAddresses = false
  /// Facebook's pixel.
  package var pixel = Service()

  package init() {}
}
