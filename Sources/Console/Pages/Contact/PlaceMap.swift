import API

/// A map with places of a contact, as large a part of the world as they need. The outlines of the countries come with the
/// browser code of others (CSL-3); where they are missing there is no map.
struct PlaceMap: Sendable {
  /// A place.
  private struct Spot: Sendable {
    var name: String
    /// Degrees to the east.
    var x: Double
    /// Degrees to the south.
    var y: Double
  }

  private let spots: [Spot]

  /// - Parameter places: Addresses as the API shows them, of which those with coordinates count.
  init(_ places: [JSONValue]) {
    spots = places.compactMap { address in
      let details = address["ipDetails"]
      guard let latitude = (details?["latitude"]?.text).flatMap(Double.init),
        let longitude = (details?["longitude"]?.text).flatMap(Double.init),
        (-90...90).contains(latitude), (-180...180).contains(longitude)
      else { return nil }
      let names = ["city", "country"].compactMap { details?[$0]?.text }.filter { !$0.isEmpty }
      return Spot(name: names.joined(separator: ", "), x: longitude, y: -latitude)
    }
  }

  private static let template = Template(
    #"""
    <svg class="map" viewBox="{{x}} {{y}} {{width}} {{height}}" role="img" aria-label="[[Map of the places]]"><use href="{{world}}#land"/>{{#spots}}<circle cx="{{x}}" cy="{{y}}" r="{{radius}}"><title>{{name}}</title></circle>{{/spots}}</svg>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    guard !spots.isEmpty, let world = page.console.assets.path("world.svg") else { return .empty }
    let frame = Self.frame(spots)
    return Self.template(
      [
        "world": world, "x": frame.x, "y": frame.y, "width": frame.width, "height": frame.width / 2,
        "spots": spots.map { spot -> [String: Any] in
          ["name": spot.name, "x": spot.x, "y": spot.y, "radius": frame.width / 120]
        },
      ], page.texts)
  }

  /// The part of the world that is shown, twice as wide as it is high: what holds all spots with a third of it around
  /// them, and never less than a part of a continent.
  private static func frame(_ spots: [Spot]) -> (x: Double, y: Double, width: Double) {
    let (xs, ys) = (spots.map(\.x), spots.map(\.y))
    let (left, right) = (xs.min() ?? 0, xs.max() ?? 0)
    let (top, bottom) = (ys.min() ?? 0, ys.max() ?? 0)
    let width = min(360, max(50, (right - left) * 1.5, (bottom - top) * 3))
    let height = width / 2
    return (
      x: min(max(-180, (left + right - width) / 2), 180 - width),
      y: min(max(-90, (top + bottom - height) / 2), 90 - height), width: width
    )
  }
}
