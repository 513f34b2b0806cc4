/** The rate of the service in tests, simulation and measurements, as it is set where the service runs. */
export const callsPerSecond = 95;
