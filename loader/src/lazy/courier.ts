export { createCourier as default } from "../courier";
