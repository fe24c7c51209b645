/// The countries as choices.
package enum CountryOptions {
  /// All of them by name, each under its stored name.
  package static let all: [FieldOption] = CountryNames.all.map(\.name).sorted().map {
    FieldOption(value: $0)
  }
}
