/// What a provider may cost.
package struct ProviderLimits: Sendable {
  /// The longest that one request may take.
  package var timeout: Duration
  /// The maximum number of bytes of an answer.
  package var answerBytes: Int
  /// The time for which its document and its keys are kept.
  package var lifetime: Duration
  /// The least time between two looks for a key that was not among those known.
  package var pause: Duration

  /// Limits; the defaults are those of the product.
  package init(
    timeout: Duration = .seconds(10), answerBytes: Int = 64 * 1024,
    lifetime: Duration = .seconds(3600), pause: Duration = .seconds(60)
  ) {
    self.timeout = timeout
    self.answerBytes = answerBytes
    self.lifetime = lifetime
    self.pause = pause
  }
}
