public import Logging

extension Logger {
  /// For connections of tests: what goes wrong there is expected, or shows in an expectation.
  public static var silent: Logger {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }
}
