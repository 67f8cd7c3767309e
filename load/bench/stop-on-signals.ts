/**
 * The first signal aborts what is returned: whatever runs ends, and what it started with it. A second one ends the
 * process. The launcher's own end, or its word of a Ctrl-C that may reach us too, counts as the first.
 */
export function stopOnSignals(): AbortSignal {
  const stopping = new AbortController();
  /** The launcher told us of a signal that may reach us too: it is not a second one. */
  let announced = false;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (stopping.signal.aborted && !announced) process.exit(130);
      announced = false;
      stopping.abort();
    });
  process.on('message', (message) => {
    if (message !== 'stop' || stopping.signal.aborted) return;
    announced = true;
    stopping.abort();
  });
  process.on('disconnect', () => stopping.abort());
  // Listening must not keep the process when all is measured.
  process.channel?.unref();
  return stopping.signal;
}
