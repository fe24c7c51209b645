package import Users

/// The settings of the product, kept by a module above this one.
package struct SettingsService: Sendable {
  /// Every setting, in the order of the listing.
  package var list: @Sendable () async throws -> [SettingEntry]
  /// Sets one, by its name, to a value or back to the default; throws `InvalidInput` for a value that it does not take.
  package var set:
    @Sendable (_ name: String, _ value: String?, _ author: Author) async throws -> Void

  package init(
    list: @escaping @Sendable () async throws -> [SettingEntry],
    set:
      @escaping @Sendable (_ name: String, _ value: String?, _ author: Author) async throws ->
      Void
  ) {
    self.list = list
    self.set = set
  }
}
